import Foundation
import Shop

// swift run seed [CUSTOMERS] [ORDERS]
let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let customers = numbers.first ?? 20_000
let orders = numbers.dropFirst().first ?? customers * 10

let prisma = try PrismaClient()
let start = ContinuousClock.now
try await SampleData(customers: customers, orders: orders).write(to: prisma)
print("wrote \(customers) customers and \(orders) orders in \((ContinuousClock.now - start).formatted())")
await prisma.close()
