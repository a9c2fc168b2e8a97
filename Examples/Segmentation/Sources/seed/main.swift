import Foundation
import Shoppers

// swift run seed [SHOPPERS]
let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 10_000

let prisma = try PrismaClient()
let start = ContinuousClock.now
let sample = SampleData(shoppers: count)
try await sample.write(to: prisma)
let time = (ContinuousClock.now - start).formatted(.units(allowed: [.seconds, .milliseconds], width: .narrow))
print("wrote \(sample.shoppers.count) shoppers and \(sample.purchases.count) purchases in \(time)")
await prisma.close()
