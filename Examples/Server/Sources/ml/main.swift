import Parcels
import PrisMLCommands

await PrisMLTool.run(predictors: [late])
