/// What stands between a test and a server that it has started.
enum ServerKeeper {
  /// The program that kills the server when it is told a line, and removes the folder too when its input ends: with this
  /// process, however that ends. Not a shell: tests run with signals blocked, and a shell waits for one.
  static let program = """
    import shutil, signal, subprocess, sys
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    server = subprocess.Popen(sys.argv[2:])
    line = sys.stdin.readline()
    server.kill()
    server.wait()
    if not line:
        shutil.rmtree(sys.argv[1], ignore_errors=True)
    """
}
