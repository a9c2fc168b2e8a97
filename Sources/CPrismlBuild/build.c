#include "build.h"

const char *prisml_build_commit(void) { return PRISML_COMMIT; }
