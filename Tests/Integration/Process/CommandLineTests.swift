import Testing

@Suite("command line")
struct CommandLineTests {
  private func run(_ arguments: String...) throws -> Program { try Program([Binaries.hearthd] + arguments) }

  @Test func `-h prints the flags of memcached and exits 0`() throws {
    for flag in ["-h", "--help"] {
      let help = try run(flag)
      #expect(help.status == 0)
      for name in [
        "-p, --port", "-U, --udp-port", "-s, --unix-socket", "-a, --unix-mask", "-A, --enable-shutdown",
        "-l, --listen", "-d, --daemon", "-r, --enable-coredumps", "-u, --user", "-m, --memory-limit",
        "-M, --disable-evictions", "-c, --conn-limit", "-k, --lock-memory", "-v, --verbose", "-vvv",
        "-V, --version",
        "-P, --pidfile", "-t, --threads", "-R, --max-reqs-per-event", "-C, --disable-cas",
        "-b, --listen-backlog",
        "-B, --protocol", "-I, --max-item-size", "-F, --disable-flush-all", "-o, --extended", "--config",
        "--check", "--admin",
      ] {
        #expect(help.output.contains(name), "\(name)")
      }
    }
  }

  @Test func `-V prints the version`() throws {
    for flag in ["-V", "--version"] {
      let version = try run(flag)
      #expect(version.status == 0)
      let number = version.output.split(whereSeparator: { $0 == " " || $0 == "\n" }).last ?? ""
      #expect(number.split(separator: ".").compactMap { Int($0) }.count == 3, "\(version.output)")
    }
  }

  @Test func `--check validates and exits`() throws {
    let good = try run("--check")
    #expect(good.status == 0)
    #expect(good.output.contains("valid"))
    let bad = try run("--check", "-m", "4")
    #expect(bad.status == 2)
    #expect(bad.errorLines.count == 1)
  }

  @Test(arguments: [
    ["-m", "4"], ["-m", "x"], ["-p", "65536"], ["-p", "x"], ["-t", "0"], ["-t", "1000"], ["-I", "1"],
    ["-I", "2g"],
    ["-I", "63m"], ["-c", "0"], ["-Z"], ["-S"], ["-Y", "file"], ["-B", "binary"], ["-B", "x"],
    ["-o", "nonsense"],
    ["-o", "idle_timeout=x"], ["--nonsense"], ["-?"], ["--config"], ["-l", "300.1.1.1"], ["-a", "999"],
    ["-e", "file"],
  ])
  func `a wrong flag is one line and status 2`(arguments: [String]) throws {
    let program = try Program([Binaries.hearthd, "--check"] + arguments)
    #expect(program.status == 2, "\(program.errors)")
    #expect(program.errorLines.count == 1, "\(program.errors)")
    #expect(program.errors.hasPrefix("hearthd: "), "\(program.errors)")
    #expect(program.output == "")
  }

  @Test func `memcached's flags all work together`() throws {
    let daemon = try Daemon([
      "-m", "64", "-c", "2000", "-t", "2", "-b", "512", "-R", "100", "-I", "2m", "-v", "-f", "1.25", "-n",
      "48", "-L",
      "-o", "hashpower=20,no_lru_crawler,idle_timeout=0,slab_reassign,modern,relaxed_privileges", "-B",
      "ascii", "-r",
    ])
    try daemon.connect().say("set a 0 0 1\nx", "STORED")
    // What has no meaning here is noted, one line each.
    #expect(daemon.errors.contains("-f"))
    #expect(daemon.errors.contains("hashpower"))
  }

  @Test func `flags may be clustered and joined to their values`() throws {
    let values = try Daemon(["-MCt3", "-m32", "--conn-limit=77"]).connect().statistics("settings")
    #expect(values["evictions"] == "off")
    #expect(values["cas_enabled"] == "no")
    #expect(values["num_threads"] == "3")
    #expect(values["maxbytes"] == "\(32 << 20)")
    #expect(values["maxconns"] == "77")
  }

  @Test func `-P writes the process id and a clean stop removes the file`() throws {
    let folder = try TemporaryFolder()
    let daemon = try Daemon(["-P", folder.file("pid")], folder: folder)
    #expect(folder.read("pid") == "\(daemon.process.pid)\n")
    #expect(try daemon.stop() == .exit(0))
    #expect(folder.read("pid") == "")
  }

  @Test func `-d detaches, and -P tells who serves`() throws {
    let folder = try TemporaryFolder()
    let port = try SocketAddress.freePort()
    let starter = try Program([
      Binaries.hearthd, "-u", "root", "-d", "-P", folder.file("pid"), "-l", "127.0.0.1", "-p", "\(port)",
      "-A",
    ])
    #expect(starter.status == 0, "\(starter.errors)")
    var client: Client?
    try eventually("it answers") {
      client = try? Client(port: port)
      return client != nil
    }
    let pid = Int32(folder.read("pid").dropLast()) ?? 0
    if pid > 0 { Reaper.shared.add(pid) }
    #expect(try client?.statistic("pid") == Int(pid))
    try client?.send("shutdown\r\n")
    #expect(try client?.readToEnd() == [])
    try eventually("it is gone") { readText("/proc/\(pid)/stat") == "" }
    Reaper.shared.remove(pid)
  }

  @Test func `it starts in an instant at any memory limit`() throws {
    for memory in ["64", "16384"] {
      let daemon = try Daemon(["-m", memory])
      #expect(daemon.residentBytes < 200 << 20)
    }
  }
}
