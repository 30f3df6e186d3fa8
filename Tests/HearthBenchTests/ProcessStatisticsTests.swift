import CHearth
import Glibc
import Testing

@testable import hearth_bench

@Suite struct ProcessStatisticsTests {
  @Test func cpuTimeAfterACommandWithParentheses() {
    let stat = "12 (a) b (c d) S 1 12 12 0 -1 4194560 100 0 0 0 250 31 0 0 20 0 5 0 1234 5678 90"
    #expect(ProcessStatistics.cpuTicks(stat: stat) == 281)
    #expect(ProcessStatistics.cpuTicks(stat: "12 (x) S 1 2") == nil)
    #expect(ProcessStatistics.cpuTicks(stat: "") == nil)
  }

  @Test func residentMemory() {
    let status = "Name:\tx\nVmPeak:\t  900 kB\nVmRSS:\t   300 kB\nRssAnon:\t 100 kB\n"
    #expect(ProcessStatistics.residentBytes(status: status) == 300 * 1024)
    #expect(ProcessStatistics.residentBytes(status: "Name:\tx\n") == nil)
  }

  @Test func thisProcess() throws {
    let own = try ProcessStatistics(pid: getpid())
    #expect(own.residentBytes > 1 << 20)
    #expect(own.cpuSeconds > 0)
  }

  @Test func noSuchProcess() {
    #expect(throws: SystemError.self) { try ProcessStatistics(pid: 2_000_000_000) }
  }

  @Test func statsReplies() {
    let stats = StatsClient.parse(
      "STAT pid 12\r\nSTAT version 1.6.18\r\nSTAT libevent 2.1.12 stable\r\nEND\r\n")
    #expect(stats == ["pid": "12", "version": "1.6.18", "libevent": "2.1.12 stable"])
  }

  @Test func aChildThatEndsIsSeen() throws {
    #expect(ChildProcess.run(["true"]))
    #expect(!ChildProcess.run(["false"]))
    #expect(!ChildProcess.run(["/no/such/program"]))
    let child = try ChildProcess(["sleep", "100"])
    let before = child.hasEnded
    kill(child.pid, SIGKILL)
    let succeeded = child.waitForSuccess()
    let after = child.hasEnded
    #expect(!before && !succeeded && after)
  }
}
