import Foundation
import Payments

// swift run seed [CARDS]
let cards = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 3_000

let prisma = try PrismaClient()
let start = ContinuousClock.now
let sample = SampleData(cards: cards)
try await sample.write(to: prisma)
let time = (ContinuousClock.now - start).formatted(.units(allowed: [.seconds, .milliseconds], width: .narrow))
print("wrote \(sample.cards.count) cards and \(sample.payments.count) payments in \(time)")
await prisma.close()
