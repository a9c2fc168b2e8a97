import Payments
import PrisMLCommands

await PrisMLTool.run(predictors: [fraud])
