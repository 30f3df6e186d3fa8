import Glibc
import Testing

@testable import HearthConfig

/// The configuration that the flags give.
func configure(_ flags: String...) throws -> Configuration { try run(flags).configuration }

func notes(_ flags: String...) throws -> [String] { try run(flags).notes }

func run(_ flags: [String]) throws -> (configuration: Configuration, notes: [String]) {
  guard case .run(let configuration, let notes) = try Invocation.parse(["hearthd"] + flags) else {
    throw ConfigurationError("the flags do not start the daemon")
  }
  return (configuration, notes)
}

/// The line that refuses the flags, or nil when they are accepted.
func refusal(_ flags: [String]) -> String? {
  do throws(ConfigurationError) {
    _ = try Invocation.parse(["hearthd"] + flags)
    return nil
  } catch {
    return error.message
  }
}

/// The configuration of a file with this text, without flags.
func read(_ text: String) throws(ConfigurationError) -> Configuration { try read(Array(text.utf8)) }

func read(_ bytes: [UInt8]) throws(ConfigurationError) -> Configuration {
  var draft = Draft()
  try draft.apply(try ConfigurationFile.parse(bytes, path: "f.yaml"))
  return try draft.finish()
}

/// The line that refuses a file with this text, or nil when it is accepted.
func refusal(file text: String) -> String? { refusal(file: Array(text.utf8)) }

func refusal(file bytes: [UInt8]) -> String? {
  do throws(ConfigurationError) {
    _ = try read(bytes)
    return nil
  } catch {
    return error.message
  }
}

/// A file in the temporary directory, removed at the end of its life.
final class TemporaryFile: Sendable {
  let path: String

  init(_ text: String) {
    var template = Array("/tmp/hearth-config-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let bytes = Array(text.utf8)
    let written = write(descriptor, bytes, bytes.count)
    precondition(written == bytes.count)
    close(descriptor)
  }

  deinit { unlink(path) }
}

/// The top level of the package.
let packageRoot = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
