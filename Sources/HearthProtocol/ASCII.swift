/// Bytes with a meaning in the text protocols.
@usableFromInline
enum ASCII {
  @inlinable static var space: UInt8 { 0x20 }
  @inlinable static var newline: UInt8 { 0x0a }
  @inlinable static var carriageReturn: UInt8 { 0x0d }
  @inlinable static var zero: UInt8 { 0x30 }
  @inlinable static var minus: UInt8 { 0x2d }
  @inlinable static var plus: UInt8 { 0x2b }
}
