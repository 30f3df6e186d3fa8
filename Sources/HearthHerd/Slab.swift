/// Elements of one size, numbered from 1, in chunks of 64 that never move. Memory comes with the first use
/// and, but for one chunk, goes when the last element is given back. Taking and giving back are O(1), apart
/// from a new chunk. Owned by one table, under that table's lock.
struct Slab<Element: SlabElement>: ~Copyable {
  private static var chunkElements: Int { 64 }
  private static var chunkBytes: Int { chunkElements * MemoryLayout<Element>.stride }

  /// Most elements that can be taken at a time.
  let capacity: Int
  /// Elements taken.
  private(set) var used = 0
  /// Memory allocated.
  private(set) var bytes = 0
  private var directory: UnsafeMutablePointer<UnsafeMutablePointer<Element>>?
  private var chunks = 0
  private var firstFree: UInt32 = 0

  init(capacity: Int) {
    precondition(capacity > 0 && capacity < Int(UInt32.max))
    self.capacity = capacity
  }

  deinit {
    guard let directory else { return }
    for chunk in 0..<chunks { directory[chunk].deallocate() }
    directory.deallocate()
  }

  /// There is memory for the element of that number, taken or free; a free one that was never taken is all
  /// zeros.
  func contains(_ number: UInt32) -> Bool {
    number > 0 && Int(number) <= min(chunks * Self.chunkElements, capacity)
  }

  /// The element of that number, for which there must be memory.
  subscript(number: UInt32) -> UnsafeMutablePointer<Element> {
    let index = Int(number) - 1
    return directory.unsafelyUnwrapped[index / Self.chunkElements] + index % Self.chunkElements
  }

  /// Takes a free element and sets it to `value`. 0: all are taken, or a new chunk would take more than
  /// `allowance` bytes.
  mutating func take(_ value: Element, allowance: Int) -> UInt32 {
    if firstFree == 0 && !grow(allowance) { return 0 }
    let number = firstFree
    let element = self[number]
    firstFree = element.pointee.next
    element.initialize(to: value)
    used += 1
    return number
  }

  /// Gives an element back.
  mutating func give(_ number: UInt32) {
    let element = self[number]
    element.pointee.next = firstFree
    firstFree = number
    used -= 1
    if used == 0 && chunks > 1 { shrink() }
  }

  private var directoryBytes: Int {
    (capacity + Self.chunkElements - 1) / Self.chunkElements * MemoryLayout<UnsafeMutableRawPointer>.stride
  }

  private mutating func grow(_ allowance: Int) -> Bool {
    if chunks * Self.chunkElements >= capacity { return false }
    let cost = Self.chunkBytes + (directory == nil ? directoryBytes : 0)
    if cost > allowance { return false }
    if directory == nil {
      directory = .allocate(capacity: directoryBytes / MemoryLayout<UnsafeMutableRawPointer>.stride)
    }
    let chunk = UnsafeMutablePointer<Element>.allocate(capacity: Self.chunkElements)
    UnsafeMutableRawPointer(chunk).initializeMemory(as: UInt8.self, repeating: 0, count: Self.chunkBytes)
    (directory.unsafelyUnwrapped + chunks).initialize(to: chunk)
    chunks += 1
    bytes += cost
    linkFree(chunks - 1)
    return true
  }

  private mutating func linkFree(_ chunk: Int) {
    let first = chunk * Self.chunkElements + 1
    for number in (first..<min(first + Self.chunkElements, capacity + 1)).reversed() {
      let element = self[UInt32(number)]
      element.pointee.next = firstFree
      firstFree = UInt32(number)
    }
  }

  private mutating func shrink() {
    while chunks > 1 {
      chunks -= 1
      directory.unsafelyUnwrapped[chunks].deallocate()
      bytes -= Self.chunkBytes
    }
    firstFree = 0
    linkFree(0)
  }
}
