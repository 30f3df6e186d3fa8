import Glibc
import Testing

@testable import hearth_bench

@Suite struct TraceTests {
  /// A directory of its own for each test, removed afterwards.
  private final class Folder {
    let path: String
    private var files: [String] = []

    init() {
      var template = Array("/tmp/hearth-bench-XXXXXX".utf8CString)
      path = mkdtemp(&template).map { String(cString: $0) } ?? "/tmp"
    }

    deinit {
      for file in files { unlink(file) }
      rmdir(path)
    }

    func write(_ name: String, _ bytes: [UInt8]) -> String {
      let file = "\(path)/\(name)"
      let descriptor = open(file, O_CREAT | O_WRONLY | O_TRUNC, 0o600)
      #expect(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
      close(descriptor)
      files.append(file)
      return file
    }

    func compress(_ file: String, _ program: String, _ suffix: String) -> String {
      #expect(ChildProcess.run([program, "-kqf", file]))
      files.append(file + suffix)
      return file + suffix
    }
  }

  private func record(_ identity: UInt64, _ size: UInt32) -> [UInt8] {
    var bytes: [UInt8] = [9, 0, 0, 0]
    for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: identity >> (8 * shift))) }
    for shift in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: size >> (8 * shift))) }
    return bytes + [UInt8](repeating: 0xFF, count: 8)
  }

  @Test func oracleGeneralPlainAndCompressed() throws {
    let folder = Folder()
    let bytes = record(77, 512) + record(1 << 40, 4096) + record(77, 99) + record(5, 0)
    let file = folder.write("a.oracleGeneral.bin", bytes)
    for path in [file, folder.compress(file, "xz", ".xz"), folder.compress(file, "zstd", ".zst")] {
      let trace = try TraceFile.read(path)
      #expect(trace.requests == [0, 1, 0, 2])
      #expect(trace.sizes == [512, 4096, 1])
    }
  }

  @Test func arcLinesCoverRangesOfBlocks() throws {
    let folder = Folder()
    let trace = try TraceFile.read(folder.write("a.lis", Array("10 3 0 1\n11 1 0 2\r\n\n500 1 0 3".utf8)))
    #expect(trace.requests == [0, 1, 2, 1, 3])
    #expect(trace.sizes.count == 4)
    #expect(trace.sizes.allSatisfy { $0 > 0 })
  }

  @Test func brokenTracesAreNamed() throws {
    let folder = Folder()
    let short = folder.write("short.oracleGeneral.bin", record(1, 2) + [0])
    let text = folder.write("text.lis", Array("1 2 3 4\nhello\n".utf8))
    let empty = folder.write("empty.lis", [])
    let other = folder.write("trace.csv", Array("1,2".utf8))
    let junk = folder.write("junk.lis.xz", Array("not xz".utf8))
    for (path, words) in [
      (short, "ends within a record"), (text, "line 2"), (empty, "no requests"),
      (other, "not a known format"),
      (junk, "cannot be decompressed"), ("/nowhere/x.lis", "No such file"),
    ] {
      let failure = #expect(throws: SystemError.self) { try TraceFile.read(path) }
      #expect(failure?.description.contains(words) == true, "\(path): \(failure?.description ?? "")")
      #expect(failure?.description.contains(path) == true)
    }
  }

  @Test func sizesAreScaledToTheFootprint() {
    var trace = Trace(name: "x")
    for i in 0..<1000 as Range<UInt64> { trace.append(identity: i, size: UInt32(50 + i)) }
    let sizes = trace.scaledSizes(memory: 10 << 20, share: 0.1, keySize: 30)
    let total = sizes.reduce(0) { $0 + UInt64($1) + 30 }
    #expect(abs(Double(total) / Double(100 << 20) - 1) < 0.001)
    // Never above the item limit, even if the footprint cannot be reached.
    let huge = trace.scaledSizes(memory: 100 << 30, share: 0.1, keySize: 30)
    #expect(huge.allSatisfy { $0 == SizeDistribution.largest })
  }

  @Test func generatedLoadsRepeatAndHaveTheFootprint() {
    let one = SyntheticTrace.make(exponent: 1, footprint: 20 << 20, requests: 1000)
    let two = SyntheticTrace.make(exponent: 1, footprint: 20 << 20, requests: 1000)
    #expect(one.requests == two.requests && one.requests.count == 1000)
    #expect(one.requests.allSatisfy { Int($0) < one.sizes.count })
    let footprint = one.footprint(factor: 1, keySize: 0)
    #expect(abs(Double(footprint) / Double(20 << 20) - 1) < 0.05)
  }
}
