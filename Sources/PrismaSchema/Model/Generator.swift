/// A `generator` block.
public struct Generator: Sendable, Hashable {
    /// The name of the block.
    public let name: String
    /// What generates; nil when `provider` comes from the environment.
    public let provider: String?
    /// The folder to write to.
    public let output: String?
    /// The preview features that the block turns on.
    public let previewFeatures: [String]
    /// Every line of the block in source order, those above included.
    public let settings: [Setting]
    /// The `///` comment above the block.
    public let documentation: String?

    /// One `key = value` line.
    public struct Setting: Sendable, Hashable {
        /// The name on the left.
        public let name: String
        /// The value on the right.
        public let value: SettingValue
    }

    /// The value of a setting by name.
    public func setting(named name: String) -> SettingValue? {
        settings.first { $0.name == name }?.value
    }
}

/// The value of a generator's setting.
public indirect enum SettingValue: Sendable, Hashable {
    case string(String)
    /// A number, a word such as `true`, or another expression, as it is written.
    case word(String)
    /// `env("NAME")`
    case environment(String)
    case list([SettingValue])
}
