import PrisMLCommands
import Shoppers

await PrisMLTool.run(predictors: [segment])
