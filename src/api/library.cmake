# The public library, of include/costrisk. Shared, so that one update reaches every program and the Python module, and
# so that what the engine is made of stays inside: only what COSTRISK_API marks can be seen. Until 1.0 a minor version
# may change the interface, so that libraries of two minor versions have different names.
file(GLOB public_headers CONFIGURE_DEPENDS include/costrisk/*.hpp)
add_library(costrisk_library SHARED $<TARGET_OBJECTS:costrisk_api>)
add_library(costrisk::costrisk ALIAS costrisk_library)
set(soversion ${PROJECT_VERSION_MAJOR})
if(soversion EQUAL 0)
  set(soversion ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
endif()
set_target_properties(costrisk_library PROPERTIES
  OUTPUT_NAME costrisk EXPORT_NAME costrisk VERSION ${PROJECT_VERSION} SOVERSION ${soversion}
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib
  LINKER_LANGUAGE CXX
  INSTALL_RPATH "$ORIGIN" BUILD_WITH_INSTALL_RPATH ON
  COSTRISK_SHARED_HDF5 ON)
target_include_directories(costrisk_library PUBLIC $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include>
                                                   $<INSTALL_INTERFACE:include>)
target_compile_features(costrisk_library PUBLIC cxx_std_20)
target_link_libraries(costrisk_library PRIVATE costrisk_options costrisk_hardened)
costrisk_link_edges(costrisk_library PRIVATE api)
target_link_options(costrisk_library PRIVATE -Wl,--exclude-libs,ALL -Wl,--no-undefined)

include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_BINARY_DIR}/generated/package)
write_basic_package_version_file(${package_folder}/costrisk-config-version.cmake COMPATIBILITY SameMinorVersion)
file(WRITE ${package_folder}/costrisk-config.cmake
     "include(\${CMAKE_CURRENT_LIST_DIR}/costrisk-targets.cmake)\n")
configure_file(src/api/costrisk.pc.in ${package_folder}/costrisk.pc @ONLY)
install(TARGETS costrisk_library EXPORT costrisk-targets
        LIBRARY DESTINATION lib COMPONENT library NAMELINK_COMPONENT development)
install(FILES ${public_headers} DESTINATION include/costrisk COMPONENT development)
install(EXPORT costrisk-targets NAMESPACE costrisk:: DESTINATION lib/cmake/costrisk COMPONENT development)
install(FILES ${package_folder}/costrisk-config.cmake ${package_folder}/costrisk-config-version.cmake
        DESTINATION lib/cmake/costrisk COMPONENT development)
install(FILES ${package_folder}/costrisk.pc DESTINATION lib/pkgconfig COMPONENT development)
