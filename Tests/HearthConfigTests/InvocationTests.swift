import Testing

@testable import HearthConfig

/// What a command line asks for.
@Suite struct InvocationTests {
  @Test(arguments: [
    ["-h"], ["--help"], ["-vh"], ["-h", "-t", "0"], ["-h", "--nonsense"], ["-t", "0", "-h"],
  ])
  func help(flags: [String]) throws {
    #expect(try Invocation.parse(["hearthd"] + flags) == .help(HelpText.usage))
  }

  @Test(arguments: [["-V"], ["--version"], ["-V", "-Q"]])
  func version(flags: [String]) throws {
    #expect(try Invocation.parse(["hearthd"] + flags) == .version("hearthd \(hearthVersion)"))
    #expect(hearthVersion.split(separator: ".").compactMap { Int($0) }.count == 3)
  }

  @Test func license() throws {
    guard case .help(let text) = try Invocation.parse(["hearthd", "-i"]) else {
      Issue.record("-i prints a text")
      return
    }
    #expect(text.contains("Apache License, Version 2.0"))
  }

  @Test func everyFlagIsInTheHelp() {
    for flag in CommandLineOptions.flags {
      #expect(HelpText.usage.contains("\(flag.name)"), "\(flag.name)")
    }
    for line in HelpText.usage.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }

  @Test func check() throws {
    #expect(
      try Invocation.parse(["hearthd", "--check", "-f", "2"])
        == .check(
          Configuration(), report: "command line: configuration is valid",
          notes: ["hearthd: -f has no meaning here: there are no slab classes"]))
    let file = TemporaryFile("threads: 0")
    #expect(
      refusal(["--check", "--config", file.path])
        == "\(file.path):1: threads: 0 is out of range; give 1 to 64")
  }

  @Test func aReloadFindsARelativeFile() throws {
    let file = TemporaryFile("threads: 9")
    let name = String(file.path.dropFirst("/tmp/".count))
    guard
      case .run(let configuration, _) = try Invocation.parse(
        ["hearthd", "--config", name], directory: "/tmp")
    else {
      Issue.record("it starts the daemon")
      return
    }
    #expect(configuration.threads == 9)
  }

  @Test func emptyVector() throws {
    #expect(try Invocation.parse([]) == .run(Configuration(), notes: []))
  }
}
