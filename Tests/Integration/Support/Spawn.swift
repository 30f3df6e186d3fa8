import Glibc

/// Starts a program with no signal blocked and every signal at its default: the threads that run tests block
/// signals, and a child would inherit that. What is not redirected goes to /dev/null.
func spawn(
  _ arguments: [String], input: Int32? = nil, output: String? = nil, errors: String? = nil,
  environment: [String: String] = [:]
) throws -> pid_t {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  if let input {
    posix_spawn_file_actions_adddup2(&actions, input, 0)
  } else {
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  }
  let create = O_WRONLY | O_CREAT | O_APPEND
  posix_spawn_file_actions_addopen(&actions, 1, output ?? "/dev/null", create, 0o600)
  posix_spawn_file_actions_addopen(&actions, 2, errors ?? "/dev/null", create, 0o600)

  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var none = sigset_t()
  var all = sigset_t()
  sigemptyset(&none)
  sigfillset(&all)
  sigdelset(&all, SIGKILL)
  sigdelset(&all, SIGSTOP)
  posix_spawnattr_setsigmask(&attributes, &none)
  posix_spawnattr_setsigdefault(&attributes, &all)
  posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

  var variables: [UnsafeMutablePointer<CChar>?] = []
  var next = environ
  while let variable = next.pointee {
    let name = String(cString: variable).prefix { $0 != "=" }
    if environment[String(name)] == nil { variables.append(strdup(variable)) }
    next += 1
  }
  for (name, value) in environment { variables.append(strdup("\(name)=\(value)")) }
  variables.append(nil)
  var texts: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
  texts.append(nil)
  defer { for text in texts + variables { free(text) } }

  var child: pid_t = 0
  let status = posix_spawn(&child, arguments[0], &actions, &attributes, &texts, &variables)
  guard status == 0 else {
    throw TestFailure("cannot start \(arguments[0]): \(String(cString: strerror(status)))")
  }
  return child
}
