/// The bodies and queries of requests about feeds.
extension AdminRouter {
  /// Rows of a preview.
  static let previewRange: ClosedRange<UInt64> = 1...100

  /// `POST /v1/feeds/verify` with `{"table":"photos.users"}`.
  func verify(_ request: AdminRequest) -> AdminResponse {
    post(request) { json in
      guard let table = json["table"]?.text else { return .error(400, #"send {"table":"photos.users"}"#) }
      guard let number = target.verify(table: table) else { return .error(409, Self.noTable(table)) }
      return .ok([("table", .string(table)), ("verification", .unsigned(number))])
    }
  }

  /// `POST /v1/feeds/preview` with `{"table":"photos.users","rows":5}` begins one, `GET /v1/feeds/preview?number=1` asks for it.
  func preview(_ request: AdminRequest) -> AdminResponse {
    if request.method == .get {
      guard let number = Self.number(request.query) else {
        return .error(400, "the query must be number=N, as POST has answered it")
      }
      guard let preview = target.preview(number: number) else {
        return .error(404, "there is no preview \(number), or it is too long ago; POST another")
      }
      return AdminResponse(status: 200, json: preview.json)
    }
    return post(request) { json in
      let rows = json["rows"] == nil ? 5 : json["rows"]?.unsigned ?? 0
      guard let table = json["table"]?.text, Self.previewRange ~= rows else {
        return .error(
          400, #"send {"table":"photos.users","rows":5}, rows from 1 to \#(Self.previewRange.upperBound)"#)
      }
      guard let number = target.preview(table: table, rows: Int(rows)) else {
        return .error(409, "\(Self.noTable(table)); a feed of files has no preview")
      }
      return .ok([("table", .string(table)), ("number", .unsigned(number))])
    }
  }

  private static func noTable(_ table: String) -> String {
    "no feed follows a table \(table); hearthctl feeds shows their names, as in photos.users"
  }

  private static func number(_ query: String) -> UInt64? {
    let parts = query.split(separator: "=", omittingEmptySubsequences: false)
    return parts.count == 2 && parts[0] == "number" ? UInt64(parts[1]) : nil
  }
}
