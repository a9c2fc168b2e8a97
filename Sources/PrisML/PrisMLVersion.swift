/// Which PrisML this is.
package enum PrisMLVersion {
    /// The same for each build of a version, so that artifacts may name it.
    package static let number = "0.1.0"
}
