# The Python module, over the public library alone. It lies in the build as it does in an installation: the library is
# three folders above it, or beside it in a wheel.
set(COSTRISK_PYTHON /usr/bin/python3 CACHE FILEPATH "The Python that the module is built for")
set(COSTRISK_PYTHON_DIRECTORY lib/python3/dist-packages CACHE STRING "Where the module is installed")
find_path(COSTRISK_PYBIND11_INCLUDE pybind11/pybind11.h)
mark_as_advanced(COSTRISK_PYBIND11_INCLUDE)
execute_process(COMMAND ${COSTRISK_PYTHON} -c
                "import sys, sysconfig as s
minor = sys.version_info[1]
print(s.get_paths()['include'], s.get_config_var('EXT_SUFFIX'), f'3.{minor}', f'3.{minor + 1}', sep=';')"
                OUTPUT_VARIABLE python_facts OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE python_lacks)
set(python_include "")
if(NOT python_lacks)
  list(GET python_facts 0 python_include)
  list(GET python_facts 1 python_suffix)
  list(GET python_facts 2 python_version)
  list(GET python_facts 3 next_python_version)
endif()
set(COSTRISK_PYTHON_FOUND OFF)
if(NOT COSTRISK_PYBIND11_INCLUDE)
  message(STATUS "pybind11 is not here (Debian: pybind11-dev): the Python module is not built")
elseif(NOT EXISTS "${python_include}/Python.h")
  message(STATUS "${COSTRISK_PYTHON} has no headers (Debian: python3-dev): the Python module is not built")
elseif(COSTRISK_SANITIZE)
  message(STATUS "with sanitizers the Python module is not built")
else()
  set(COSTRISK_PYTHON_FOUND ON)
endif()
if(NOT COSTRISK_PYTHON_FOUND)
  return()
endif()

set(python_folder ${CMAKE_BINARY_DIR}/lib/python3/dist-packages/costrisk)
add_library(costrisk_python MODULE python/core.cpp)
set_target_properties(costrisk_python PROPERTIES
  PREFIX "" OUTPUT_NAME _core SUFFIX ${python_suffix} LIBRARY_OUTPUT_DIRECTORY ${python_folder}
  CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
  INSTALL_RPATH "$ORIGIN;$ORIGIN/../../.." BUILD_WITH_INSTALL_RPATH ON)
target_include_directories(costrisk_python SYSTEM PRIVATE ${COSTRISK_PYBIND11_INCLUDE} ${python_include})
target_link_libraries(costrisk_python PRIVATE costrisk_library costrisk_options costrisk_hardened)

file(GLOB python_sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/python
     python/costrisk/*.py python/costrisk/*.pyi python/costrisk/py.typed)
set(python_copies "")
foreach(source ${python_sources})
  set(copy ${CMAKE_BINARY_DIR}/lib/python3/dist-packages/${source})
  add_custom_command(OUTPUT ${copy} COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_SOURCE_DIR}/python/${source} ${copy}
                     DEPENDS python/${source} COMMENT "" VERBATIM)
  list(APPEND python_copies ${copy})
  install(FILES python/${source} DESTINATION ${COSTRISK_PYTHON_DIRECTORY}/costrisk COMPONENT python)
endforeach()
add_custom_target(costrisk_python_sources ALL DEPENDS ${python_copies})
file(CREATE_LINK lib/python3/dist-packages ${CMAKE_BINARY_DIR}/python SYMBOLIC)
install(TARGETS costrisk_python LIBRARY DESTINATION ${COSTRISK_PYTHON_DIRECTORY}/costrisk COMPONENT python)
