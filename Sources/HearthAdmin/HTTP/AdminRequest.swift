/// One HTTP request, as far as the routes look at it.
struct AdminRequest: Equatable {
  var method: Method
  /// Without the query.
  var path: String
  /// What follows the question mark, as it was sent.
  var query = ""
  /// The Host header.
  var host: String?
  /// The Content-Type header.
  var contentType: String?
  var body: [UInt8] = []

  enum Method: Equatable {
    case get
    case post
    case other
  }
}
