import CHearth
import Glibc

@testable import hearth_bench

/// A unix socket that answers the first bytes of each connection with a fixed text, for replies that no
/// correct server gives. Then it closes the connection, or keeps it open.
final class FakeServer: @unchecked Sendable {
  let path: String
  private let listener: Int32
  private let answer: [UInt8]
  private let closes: Bool
  private var thread = pthread_t()

  init(answer: [UInt8], closes: Bool) {
    var template = Array("/tmp/hearth-fake-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    close(descriptor)
    path = String(decoding: template.dropLast().map { UInt8($0) }, as: UTF8.self)
    unlink(path)
    self.answer = answer
    self.closes = closes
    listener = socket(AF_UNIX, SystemCalls.streamSocket, 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { [path] in $0.copyBytes(from: path.utf8) }
    _ = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        hearth_bind(listener, $0, UInt32(MemoryLayout<sockaddr_un>.size))
      }
    }
    listen(listener, 16)
    pthread_create(
      &thread, nil,
      { argument in
        Unmanaged<FakeServer>.fromOpaque(argument!).takeUnretainedValue().serve()
        return nil
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  private func serve() {
    var kept: [Int32] = []
    while true {
      let connection = accept(listener, nil, nil)
      if connection < 0 { break }
      var buffer = [UInt8](repeating: 0, count: 65_536)
      if recv(connection, &buffer, buffer.count, 0) > 0, !answer.isEmpty {
        send(connection, answer, answer.count, SystemCalls.noSignal)
      }
      if closes { close(connection) } else { kept.append(connection) }
    }
    for connection in kept { close(connection) }
  }

  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    pthread_join(thread, nil)
    close(listener)
    unlink(path)
  }
}
