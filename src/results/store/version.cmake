# Writes what this build is made of to OUTPUT, and only when that has changed.
# Takes OUTPUT, SOURCE (the repository's root), VERSION and COMPILER.
find_program(GIT git)
set(sha "")
if(GIT AND EXISTS ${SOURCE}/.git)
  execute_process(COMMAND ${GIT} -C ${SOURCE} describe --always --abbrev=12 --dirty --exclude=*
                  OUTPUT_VARIABLE sha OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(sha STREQUAL "")
  set(sha "unknown")
endif()
set(text "#define COSTRISK_VERSION \"${VERSION}\"\n#define COSTRISK_GIT_SHA \"${sha}\"\n#define COSTRISK_COMPILER \"${COMPILER}\"\n")
set(old "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} old)
endif()
if(NOT text STREQUAL old)
  file(WRITE ${OUTPUT} "${text}")
endif()
