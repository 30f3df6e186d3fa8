/// First in, first out.
struct WorkQueue<Element> {
  private var elements: [Element] = []
  private var next = 0

  var isEmpty: Bool { next == elements.count }

  mutating func push(_ element: Element) { elements.append(element) }

  mutating func pop() -> Element? {
    if isEmpty { return nil }
    defer {
      next += 1
      if next == elements.count || next > 1024 && next > elements.count / 2 {
        elements.removeFirst(next)
        next = 0
      }
    }
    return elements[next]
  }
}
