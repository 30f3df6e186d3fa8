#include <features.h>
#include <stddef.h>
#include <mysql.h>
#include <errmsg.h>
#include <mysqld_error.h>

// Swift sees neither variadic functions nor calls through `methods`.

static inline int hearth_mysql_option_text(MYSQL *mysql, enum mysql_option option, const char *value) {
  return mysql_optionsv(mysql, option, (void *)value);
}

static inline int hearth_mysql_option_number(MYSQL *mysql, enum mysql_option option, unsigned int value) {
  return mysql_optionsv(mysql, option, (void *)&value);
}

static inline int hearth_mysql_option_flag(MYSQL *mysql, enum mysql_option option, int value) {
  my_bool flag = (my_bool)(value != 0);
  return mysql_optionsv(mysql, option, (void *)&flag);
}

/// Sends a command without waiting for its answer. 0: sent.
static inline int hearth_mysql_command(
    MYSQL *mysql, enum enum_server_command command, const char *bytes, size_t length) {
  return mysql->methods->db_command(mysql, command, bytes, length, 1, NULL);
}

/// Length of the packet that was read last stands in the answer, its bytes here.
static inline const unsigned char *hearth_mysql_packet(MYSQL *mysql) { return mysql->net.read_pos; }
