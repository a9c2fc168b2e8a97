import Homes
import PrisMLCommands

await PrisMLTool.run(predictors: [price])
