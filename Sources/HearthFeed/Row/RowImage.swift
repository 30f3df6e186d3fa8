/// The values of one row, and room for those whose text has to be made. Used over and over by one thread: nothing is
/// allocated once it has grown to the longest row.
public struct RowImage: ~Copyable {
  /// Values in the order of the table's columns.
  public private(set) var count = 0
  private var values: UnsafeMutablePointer<RowValue>
  private var capacity = 16
  /// Blocks of text: those before the last are full. Blocks never move, so that values may point into them.
  private var blocks: [UnsafeMutableRawBufferPointer] = []
  private var used = 0

  private static let blockSize = 16 << 10

  /// An image of no row.
  public init() {
    values = .allocate(capacity: capacity)
  }

  deinit {
    values.deallocate()
    for block in blocks { block.deallocate() }
  }

  /// The value of a column; `absent` for one that the image does not have.
  @inline(__always)
  public subscript(column: Int) -> RowValue {
    column < count ? values[column] : RowValue(.absent)
  }

  /// Forgets the last row and makes place for one of `columns` values, all absent.
  public mutating func begin(columns: Int) {
    if columns > capacity {
      values.deallocate()
      capacity = columns
      values = .allocate(capacity: capacity)
    }
    values.initialize(repeating: RowValue(.absent), count: columns)
    count = columns
    used = 0
    // One block stays: the largest, so that equal rows find room in it.
    while blocks.count > 1 {
      let last = blocks.removeLast()
      if last.count > blocks[0].count {
        blocks[0].deallocate()
        blocks[0] = last
      } else {
        last.deallocate()
      }
    }
  }

  /// Sets a column's value. Its bytes must stay in place as long as the row is looked at.
  @inline(__always)
  public mutating func set(_ column: Int, _ value: RowValue) {
    precondition(column < count)
    values[column] = value
  }

  /// Room for `count` bytes of text, in place until the next `begin`.
  @inline(__always)
  public mutating func room(_ count: Int) -> UnsafeMutableRawPointer {
    if let block = blocks.last, block.count - used >= count {
      used += count
      return block.baseAddress.unsafelyUnwrapped + (used - count)
    }
    return newBlock(count)
  }

  /// Gives back the last `count` bytes of what `room` returned last.
  @inline(__always)
  public mutating func giveBack(_ count: Int) { used -= count }

  @inline(never)
  private mutating func newBlock(_ count: Int) -> UnsafeMutableRawPointer {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, Self.blockSize), alignment: 16)
    blocks.append(block)
    used = count
    return block.baseAddress.unsafelyUnwrapped
  }
}
