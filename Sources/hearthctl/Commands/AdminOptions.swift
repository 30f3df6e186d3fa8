import ArgumentParser
import HearthAdmin
import HearthJSON

/// What every command takes.
struct AdminOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where hearthd's admin interface is: ADDRESS:PORT, a port, or the absolute path of a unix socket.",
      discussion: "Without it HEARTH_ADMIN from the environment, else 127.0.0.1:11280."))
  var address: AdminAddress?

  @Flag(help: "Print hearthd's answer as JSON, in one line.") var json = false

  func client() throws(Failure) -> AdminClient {
    if let address { return AdminClient(address: address) }
    return AdminClient(address: try .fromEnvironment())
  }

  /// Prints the answer, as JSON or as `text` makes it; nil from `text` is an answer that is not hearthd's.
  func show(_ answer: JSONValue, _ client: AdminClient, _ text: (JSONValue) -> String?) throws(Failure) {
    guard let readable = text(answer) else { throw client.strange }
    Console.output(json ? answer.description : readable)
  }
}
