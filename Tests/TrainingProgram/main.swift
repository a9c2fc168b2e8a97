// A program that takes part in trainings, for the tests.
import PrisMLTraining

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

exit(TrainingProcess.serve(CommandLine.arguments) ?? 64)
