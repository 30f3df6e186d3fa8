/// A program run to its end.
struct Program {
  let ending: ChildProcess.Ending
  let output: String
  let errors: String

  init(_ arguments: [String], environment: [String: String] = [:], seconds: Double = 120) throws {
    let folder = try TemporaryFolder()
    let child = try ChildProcess(
      arguments, output: folder.file("output"), errors: folder.file("errors"), environment: environment)
    ending = try child.wait(seconds: seconds)
    output = folder.read("output")
    errors = folder.read("errors")
  }

  var status: Int32? { if case .exit(let code) = ending { code } else { nil } }

  /// The lines of standard error.
  var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
}
