# The engine for browsers, which emscripten compiles: 3.1.6 (Debian 12) or later.
#   cmake --preset live && cmake --build --preset live
# leaves costrisk_live.js and costrisk_live.wasm.gz in build/live, where `costrisk live` finds them.
set(root ${CMAKE_SOURCE_DIR})

# Headers of libraries that are nothing but headers, apart from those of this machine's own C library.
set(headers ${CMAKE_BINARY_DIR}/headers)
file(MAKE_DIRECTORY ${headers})
foreach(header fmt/format.h nlohmann/json.hpp toml++/toml.h hwy/highway.h boost/version.hpp sha2.h)
  string(REGEX REPLACE "/.*" "" name ${header})
  string(MAKE_C_IDENTIFIER ${name} variable)
  find_path(COSTRISK_HEADER_${variable} ${header} PATHS /usr/include /usr/local/include NO_DEFAULT_PATH
            NO_CMAKE_FIND_ROOT_PATH REQUIRED)
  file(CREATE_LINK ${COSTRISK_HEADER_${variable}}/${name} ${headers}/${name} SYMBOLIC)
endforeach()

set(generated ${CMAKE_BINARY_DIR}/generated)
execute_process(COMMAND ${CMAKE_COMMAND} -DOUTPUT=${generated}/costrisk_build.hpp -DSOURCE=${root} -DVERSION=${PROJECT_VERSION}
                        "-DCOMPILER=emscripten ${EMSCRIPTEN_VERSION}" -P ${root}/src/results/store/version.cmake)
file(WRITE ${generated}/costrisk_components.inc "\"\"\n")

file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.cpp)
file(GLOB_RECURSE rooms CONFIGURE_DEPENDS ${root}/src/trace/*.cpp ${root}/src/scenario/*.cpp ${root}/src/results/sums/*.cpp
     ${root}/src/results/estimators/*.cpp ${root}/src/results/quantities/*.cpp)
# Of present/text what a verdict and JSON need.
foreach(subject results_json verdict recommendation sentences numbers precision sparkline goal drivers stored_scenario actuals
        reading toml_text)
  list(APPEND rooms ${root}/src/present/text/${subject}.cpp)
endforeach()
list(APPEND rooms ${root}/src/present/page/distribution.cpp)
add_executable(costrisk_live ${sources} ${rooms} ${root}/src/results/store/version.cpp
  ${root}/src/run/chunk.cpp ${root}/src/run/status.cpp ${root}/src/run/layout.cpp ${root}/src/run/evaluate.cpp
  ${root}/src/run/driver_values.cpp ${root}/src/run/cost_sort.cpp
  ${root}/kernels/math/host.cpp ${root}/kernels/backends/wasm.cpp ${root}/kernels/backends/cuda_sort_stub.cpp)
target_include_directories(costrisk_live PRIVATE ${root} ${headers} ${generated})
target_compile_definitions(costrisk_live PRIVATE FMT_HEADER_ONLY)
target_compile_options(costrisk_live PRIVATE -fexceptions -msimd128 -ffp-contract=off -include
                       ${CMAKE_CURRENT_LIST_DIR}/old_library.hpp)
set_source_files_properties(${root}/kernels/backends/wasm.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON COMPILE_OPTIONS
                            "-O3;-fno-math-errno;-fno-trapping-math")
set(calls describe open simulate take_image image add results)
list(TRANSFORM calls PREPEND "_live_")
list(JOIN calls "," calls)
target_link_options(costrisk_live PRIVATE -fexceptions -sMODULARIZE=1 -sEXPORT_NAME=costriskLive
  -sENVIRONMENT=web,worker,node -sALLOW_MEMORY_GROWTH=1 -sTOTAL_STACK=2097152 -sFILESYSTEM=1 --no-entry
  -sEXPORTED_FUNCTIONS=${calls},_malloc,_free -sEXPORTED_RUNTIME_METHODS=cwrap,FS,HEAPU8)
# Debian's modules for node, which emscripten's script of the last step takes, also where node is another.
set_target_properties(costrisk_live PROPERTIES SUFFIX .js RULE_LAUNCH_LINK
                      "${CMAKE_COMMAND} -E env NODE_PATH=/usr/share/nodejs")
add_custom_command(TARGET costrisk_live POST_BUILD
                   COMMAND gzip -9nkf ${CMAKE_BINARY_DIR}/costrisk_live.wasm VERBATIM)
