extension Command {
    /// The tree of commands. A new command is a file beside this one and a line here.
    static let prisml = Command(
        group: "prisml",
        summary: "predictions as columns of your database rows",
        discussion: """
            Commands that read a schema look for `--schema PATH`, then for `prisma/schema.prisma`, `schema.prisma` and the folder \
            `prisma/schema`. Colours and redrawn lines are for terminals only, and `NO_COLOR` turns colours off.
            """,
        subcommands: [
            .help,
            .completion,
        ])
}
