import PrisMLCommands

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

exit(await PrisMLTool().run(CommandLine.arguments))
