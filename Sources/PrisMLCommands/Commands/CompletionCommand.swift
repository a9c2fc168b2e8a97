extension Command {
    private static let shell = Parameter<Shell>.argument("SHELL", "The shell to write it for")

    static let completion = Command(
        "completion",
        summary: "Print a script that completes commands and options in a shell",
        discussion: "The script knows the commands of this version; make it anew after an update.",
        examples: [
            Example(line: "source <(prisml completion bash)", meaning: "bash: put this line into ~/.bashrc"),
            Example(line: "prisml completion zsh > ~/.zfunc/_prisml", meaning: "zsh: a folder of your fpath, before compinit"),
            Example(line: "prisml completion fish > ~/.config/fish/completions/prisml.fish", meaning: "fish"),
        ],
        parameters: [shell]
    ) { context in
        context.output.send(Completion(root: context.root).script(for: try context[shell]))
        return .success
    }
}
