import Testing

/// After any crash, restart or reconnect what hearthd holds is what the tables say, byte for byte: tables of every type of column and
/// primary key, changed at random by several writers and as a whole, with hearthd and MariaDB killed meanwhile.
@Suite("feeds converge", .serialized)
struct ConvergenceTests {
  /// How the server writes its log.
  struct Logging: Sendable, CustomTestStringConvertible {
    let options: [String]
    var testDescription: String { options.isEmpty ? "full images" : options.joined(separator: " ") }

    static let all = [
      [], ["compress=1"], ["metadata=MINIMAL"], ["images=MINIMAL"], ["images=NOBLOB"],
      ["images=MINIMAL", "metadata=MINIMAL", "compress=1"],
    ].map { Logging(options: $0) }
  }

  @Test(arguments: Logging.all, Binaries.isSlow ? Array(1...20) : [1])
  func `after any changes and crashes the cache is what the tables say`(logging: Logging, seed: Int) throws {
    let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    // The few short runs crash hearthd in some forms of the log, MariaDB too in the others.
    let form = Logging.all.firstIndex { $0.options == logging.options } ?? 0
    let crashing = Binaries.isSlow ? [] : ["database=\(form % 2)"]
    let program = try Program(
      [
        Binaries.python, "-B", "/\(folder)/Python/convergence/converge.py", Binaries.hearthd, "\(seed)",
        Binaries.isSlow ? "12" : "4",
      ] + logging.options + crashing, seconds: 240)
    #expect(program.status == 0, "\(program.output)\(program.errors)")
  }
}
