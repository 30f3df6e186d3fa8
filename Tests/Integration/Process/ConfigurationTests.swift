import Glibc
import Testing

@Suite("configuration file")
struct ConfigurationTests {
  @Test(arguments: [
    ("memory: 64m\nmemroy: 3\n", 2, "memroy"),
    ("threads: many\n", 1, "threads"),
    ("threads: 0\n", 1, "threads"),
    ("memory: 4m\n", 1, "memory"),
    ("memory: 64m\npools:\n  - name: a\n    prefix: x\n    memory: 60m\n", 5, "memory"),
    (
      "memory: 256m\npools:\n  - {name: a, prefix: x, memory: 16m}\n  - {name: b, prefix: x, memory: 16m}\n",
      4, "prefix"
    ),
    (
      "memory: 256m\npools:\n  - {name: a, prefix: x, memory: 16m}\n  - {name: a, prefix: y, memory: 16m}\n",
      4, "name"
    ),
    ("listeners:\n  - tcp: nowhere:x\n", 2, "tcp"),
    ("pools:\n  - name: a\n    prefix: x\n    memory: 16m\n    kind: magic\n", 5, "kind"),
    ("memory: 64m\nthreads: 2\nthreads: 3\n", 2, "threads"),
  ])
  func `a mistake is one line with file, line, key and remedy, and status 2`(
    text: String, line: Int, key: String
  ) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("bad.yaml", text)
    let program = try Program([Binaries.hearthd, "--config", file])
    #expect(program.status == 2)
    #expect(program.errorLines.count == 1, "\(program.errors)")
    #expect(program.errors.contains("\(file):\(line): "), "\(program.errors)")
    #expect(program.errors.contains(key), "\(program.errors)")
    #expect(program.errors.contains(";") || program.errors.contains("?"), "no remedy: \(program.errors)")
  }

  @Test(arguments: ["{", "\u{0}\u{1}\u{2}", "a: [1, 2", "- list\n- only\n", "x"])
  func `what is no configuration is one line and status 2`(text: String) throws {
    let folder = try TemporaryFolder()
    let program = try Program([Binaries.hearthd, "--config", try folder.write("bad.yaml", text)])
    #expect(program.status == 2)
    #expect(program.errorLines.count == 1, "\(program.errors)")
  }

  @Test func `a file that is not there is one line and status 2`() throws {
    let program = try Program([Binaries.hearthd, "--config", "/nowhere/hearth.yaml"])
    #expect(program.status == 2)
    #expect(program.errorLines.count == 1, "\(program.errors)")
  }

  @Test func `every example in Config is valid`() throws {
    let folder = String(#filePath.split(separator: "Tests/Integration").first ?? "") + "Config"
    var examples: [String] = []
    let directory = try #require(opendir(folder))
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".yaml") { examples.append("\(folder)/\(name)") }
    }
    closedir(directory)
    #expect(!examples.isEmpty)
    for example in examples {
      let program = try Program([Binaries.hearthd, "--check", "--config", example])
      // Passwords and secrets are not among the examples.
      let isWithoutSecret =
        program.errors.contains("password_file: cannot read /etc/hearth/")
        || program.errors.contains("cannot read the cluster's secret_file /etc/hearth/")
      #expect(program.status == (isWithoutSecret ? 2 : 0), "\(program.errors)")
    }
  }

  @Test func `flags override the file`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("a.yaml", "threads: 2\nmemory: 100m\n")
    let values = try Daemon(["--config", file, "-t", "3"]).connect().statistics("settings")
    #expect(values["num_threads"] == "3")
    #expect(values["maxbytes"] == "\(100 << 20)")
  }

  @Test func `SIGHUP applies what can change and names what cannot`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("a.yaml", "memory: 64m\nconnection_limit: 100\nthreads: 2\n")
    let daemon = try Daemon(["--config", file], folder: folder)
    let client = try daemon.connect()
    try client.say("set a 0 0 1\nx", "STORED")
    try folder.write("a.yaml", "memory: 128m\nconnection_limit: 200\nthreads: 4\n")
    daemon.process.signal(SIGHUP)
    try eventually("the limit has changed") { try client.statistic("limit_maxbytes") == 128 << 20 }
    try eventually("threads are named") { daemon.errors.contains("threads") }
    let values = try client.statistics("settings")
    #expect(values["maxconns"] == "200")
    #expect(values["num_threads"] == "2")
    try client.say("get a", "VALUE a 0 1\nx\nEND")
  }

  @Test func `a reload with a mistake changes nothing and says so`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("a.yaml", "memory: 64m\n")
    let daemon = try Daemon(["--config", file], folder: folder)
    let client = try daemon.connect()
    try folder.write("a.yaml", "memory: 128m\nmemroy: 1\n")
    daemon.process.signal(SIGHUP)
    try eventually("the mistake is named") { daemon.errors.contains("memroy") }
    #expect(try client.statistic("limit_maxbytes") == 64 << 20)
    #expect(daemon.isRunning)
  }
}
