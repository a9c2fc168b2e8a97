import PrisMLCommands

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

exit(await PrismlTool().run(CommandLine.arguments))
