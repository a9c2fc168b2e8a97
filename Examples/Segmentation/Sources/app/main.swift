import Foundation
import PrisML
import Prisma
import Shoppers

let prisma = try PrismaClient()
let start = ContinuousClock.now
let written = try await writeSegments(to: prisma) { print("  \($0) shoppers") }
let time = (ContinuousClock.now - start).formatted(.units(allowed: [.seconds, .milliseconds], width: .narrow))
print("wrote the segments of \(written) shoppers in \(time)\n")

for group in try await prisma.shopper.groupBy({ $0.predicted }, orderBy: { $0.id.count.descending }, { $0.id.count }) {
    print("  \(group.key?.rawValue ?? "none"): \(group.values)")
}
await prisma.close()
