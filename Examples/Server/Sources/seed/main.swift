import Foundation
import Parcels

// swift run seed [PARCELS]
let parcels = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 20_000

let prisma = try PrismaClient()
let start = ContinuousClock.now
let sample = SampleData(parcels: parcels)
try await sample.write(to: prisma)
let time = (ContinuousClock.now - start).formatted(.units(allowed: [.seconds, .milliseconds], width: .narrow))
print("wrote \(sample.hubs.count) hubs and \(sample.parcels.count) parcels in \(time)")
await prisma.close()
