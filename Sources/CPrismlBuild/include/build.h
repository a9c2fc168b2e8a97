#ifndef PRISML_BUILD_H
#define PRISML_BUILD_H

/* The commit named by PRISML_COMMIT when Package.swift was read, or an empty string. */
const char *prisml_build_commit(void);

#endif
