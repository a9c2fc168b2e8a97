import Homes
import PrisML
import Prisma

let prisma = try PrismaClient()
if try await prisma.home.count() == 0 {
    print("wrote \(try await prisma.home.createMany(SampleData(homes: 2_000).homes)) homes; now train: swift run ml train")
} else {
    print("Homes that are not sold, dearest first:")
    let dearest = try await prisma.home.findMany(
        where: { $0.price == nil }, orderBy: { price($0).score.descending }, take: 5, include: price)
    for (home, worth) in dearest { print("  \(Int(home.area)) m², \(home.rooms) rooms, \(home.builtIn): about \(Int(worth.label))") }
}
await prisma.close()
