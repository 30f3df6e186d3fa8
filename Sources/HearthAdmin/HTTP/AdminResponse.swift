import HearthJSON

/// The answer to one request: a status (RFC 9110, section 15) and a JSON text.
struct AdminResponse: Equatable {
  var status: Int32
  var json: JSONValue
  /// The Allow header, which a 405 must have.
  var allow: String?

  /// 200.
  static func ok(_ members: [(String, JSONValue)]) -> AdminResponse {
    AdminResponse(status: 200, json: .object(members))
  }

  static func error(_ status: Int32, _ line: String, allow: String? = nil) -> AdminResponse {
    AdminResponse(status: status, json: .object([("error", .string(line))]), allow: allow)
  }

  /// The phrase beside the status.
  var reason: String {
    switch status {
    case 200: "OK"
    case 400: "Bad Request"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 409: "Conflict"
    case 413: "Content Too Large"
    case 415: "Unsupported Media Type"
    default: "Error"
    }
  }
}
