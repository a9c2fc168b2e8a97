import Foundation
import Shop

// swift run seed [CUSTOMERS] [ORDERS]
let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let customers = numbers.first ?? 20_000
let orders = numbers.dropFirst().first ?? customers * 10

let prisma = try PrismaClient()
let start = ContinuousClock.now
try await SampleData(customers: customers, orders: orders).write(to: prisma)
let time = (ContinuousClock.now - start).formatted(.units(allowed: [.seconds, .milliseconds], width: .narrow))
print("wrote \(customers) customers and \(orders) orders in \(time)")
await prisma.close()
