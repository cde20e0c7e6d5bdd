# The library, the module for Python, and packages: what users of each do with it.
costrisk_test(library costrisk_library)
add_dependencies(test_library costrisk)
target_compile_definitions(test_library PRIVATE COSTRISK_PROGRAM="$<TARGET_FILE:costrisk>")

set(here ${CMAKE_CURRENT_LIST_DIR})
add_test(NAME library.everything_public_is_documented COMMAND ${here}/doxygen.sh ${CMAKE_SOURCE_DIR})
add_test(NAME manual.help_is_understood COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/src/cli/manual.py --self-test)
add_test(NAME citation.names_this_version
         COMMAND grep -x "version: ${PROJECT_VERSION}" ${CMAKE_SOURCE_DIR}/docs/CITATION.cff)
set_tests_properties(library.everything_public_is_documented manual.help_is_understood citation.names_this_version
                     PROPERTIES LABELS library SKIP_RETURN_CODE 77 TIMEOUT 120)
if(COSTRISK_SANITIZE)
  return()
endif()
add_test(NAME library.example_runs_against_the_installed_one
         COMMAND ${here}/installed.sh ${CMAKE_COMMAND} ${CMAKE_BINARY_DIR} ${CMAKE_SOURCE_DIR} ${CMAKE_CXX_COMPILER})
add_test(NAME packages.hold_what_runs
         COMMAND ${here}/packages.sh ${CMAKE_COMMAND} ${CMAKE_BINARY_DIR} ${COSTRISK_PYTHON} ${CMAKE_CXX_COMPILER})
set_tests_properties(library.example_runs_against_the_installed_one packages.hold_what_runs
                     PROPERTIES LABELS library SKIP_RETURN_CODE 77 TIMEOUT 300)
if(NOT COSTRISK_PYTHON_FOUND)
  return()
endif()
set(python_tests ${CMAKE_SOURCE_DIR}/tests/python)
add_test(NAME python.module_keeps_its_word COMMAND ${COSTRISK_PYTHON} ${python_tests}/test_costrisk.py)
add_test(NAME python.types_are_right
         COMMAND ${python_tests}/types.sh ${COSTRISK_PYTHON} ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/python)
add_test(NAME python.pip_installs_a_checkout
         COMMAND ${python_tests}/pip.sh ${COSTRISK_PYTHON} ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR} $<TARGET_FILE:costrisk>)
set_tests_properties(python.module_keeps_its_word python.types_are_right python.pip_installs_a_checkout
                     PROPERTIES LABELS python SKIP_RETURN_CODE 77 TIMEOUT 300
                     ENVIRONMENT "PYTHONPATH=${CMAKE_BINARY_DIR}/python;COSTRISK=$<TARGET_FILE:costrisk>")
set_property(TEST python.pip_installs_a_checkout PROPERTY ENVIRONMENT "")
