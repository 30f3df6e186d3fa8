/// A reply of hearthd that may differ from memcached's, and why.
struct AllowedDifference: Sendable {
  let reason: String
  let matches: @Sendable (_ ours: String, _ theirs: String) -> Bool

  static let badLine = "CLIENT_ERROR bad command line format"

  static let all: [AllowedDifference] = [
    AllowedDifference(
      reason:
        "1.6.18 answers a bare ERROR to an empty line and to missing arguments; 1.6.45 says what is wrong"
    ) { ours, theirs in ours == badLine && theirs == "ERROR" },
    AllowedDifference(
      reason:
        "1.6.45 calls a key that is too long a bad flag in ma; every other command says it is a bad line"
    ) {
      ours, theirs in ours == badLine && theirs == "CLIENT_ERROR invalid or duplicate flag"
    },
    AllowedDifference(reason: "1.6.18 has one text for all bad flags of md; 1.6.45 names the mistake") {
      ours, theirs in
      ["duplicate flag", "invalid flag", "bad token in command line format"].contains {
        ours == "CLIENT_ERROR " + $0
      }
        && theirs == "CLIENT_ERROR invalid or duplicate flag"
    },
    AllowedDifference(reason: "1.6.18 looks at the time of gat before it misses the key") { ours, theirs in
      ours == badLine && theirs == "CLIENT_ERROR invalid exptime argument"
    },
    AllowedDifference(reason: "1.6.18 has no words of its own for a mode of ma that is not one letter") {
      ours, theirs in
      ours == "CLIENT_ERROR invalid mode for ma M token" && theirs == "CLIENT_ERROR invalid or duplicate flag"
    },
    AllowedDifference(
      reason: "1.6.18 takes no word behind the key of delete but 0; old clients send all sorts"
    ) {
      ours, theirs in
      ["DELETED", "NOT_FOUND"].contains(ours) && theirs == badLine + ".  Usage: delete <key> [noreply]"
    },
    AllowedDifference(
      reason: "1.6.18 looks for a minus sign behind a number of 2^63 or more, in bytes that are not its own"
    ) { ours, theirs in
      ours.utf8.count >= 19 && ours.utf8.allSatisfy { 48...57 ~= $0 }
        && theirs == "CLIENT_ERROR cannot increment or decrement non-numeric value"
    },
    AllowedDifference(
      reason: "the life of an item that is created dead (N-1) wraps to 2^32 in memcached and is 0 here"
    ) {
      ours, theirs in theirs.contains(" t4294967000") && ours == theirs.replacing(" t4294967000", with: " t0")
    },
  ]
}
