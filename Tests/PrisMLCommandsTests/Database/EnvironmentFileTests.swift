import Testing

@testable import PrisMLCommands

@Suite struct EnvironmentFileTests {
    static let files: [(text: String, variables: [String: String])] = [
        ("", [:]),
        ("A=1", ["A": "1"]),
        ("A=1\nB=2\r\nC=3\rD=4", ["A": "1", "B": "2", "C": "3", "D": "4"]),
        ("  A = 1 2  \n", ["A": "1 2"]),
        ("A=", ["A": ""]),
        ("export A=1\nexport=2\n", ["A": "1", "export": "2"]),
        ("# A=1\nB=2 # two\nC=a#b\nD='a#b' # c", ["B": "2", "C": "a", "D": "a#b"]),
        ("A=\"a b\"\nB='a \"b\"'\nC=`it's`", ["A": "a b", "B": "a \"b\"", "C": "it's"]),
        (#"A="a\nb\"c"#, ["A": #""a\nb\"c"#]),
        (#"A="a\nb\"c""#, ["A": "a\nb\"c"]),
        (#"A='a\nb'"#, ["A": #"a\nb"#]),
        ("A=\"one\ntwo\"\nB=3", ["A": "one\ntwo", "B": "3"]),
        ("A=\"open\nB=2", ["A": "\"open", "B": "2"]),
        ("not a line\n=x\nA B=1\nC=2", ["C": "2"]),
        ("U=me\nA=$U/${U}/${N:-other}/$NONE.", ["U": "me", "A": "me/me/other/."]),
        (#"A=p\$ss$1${a b}$"#, ["A": "p$ss$1${a b}$"]),
        ("A=$HOME", ["A": "/home/me"]),
        ("HOME=/other\nA=$HOME", ["A": "/home/me"]),
        ("A=ünïcode\u{301}", ["A": "ünïcode\u{301}"]),
        ("A=\u{0}\nB=$\u{301}{", ["A": "\u{0}", "B": "$\u{301}{"]),
    ]

    @Test(arguments: files)
    func `A file gives its variables`(text: String, variables: [String: String]) {
        let result = EnvironmentFile(text).added(to: ["HOME": "/home/me"])
        #expect(result == variables.merging(["HOME": "/home/me"]) { $1 })
    }
}
