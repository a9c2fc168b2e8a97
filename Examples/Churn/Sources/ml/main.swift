import PrisMLCommands
import Shop

await PrisMLTool.run(predictors: [churn])
