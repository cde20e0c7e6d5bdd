# Read by cpack once for each kind of package: what of the installation it takes.
if(CPACK_GENERATOR STREQUAL "DEB")
  set(CPACK_COMPONENTS_ALL ${CPACK_COSTRISK_DEBIAN_COMPONENTS})
else()
  set(CPACK_COMPONENTS_ALL program bundled)
  set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
  set(CPACK_COMPONENT_INCLUDE_TOPLEVEL_DIRECTORY ON)
endif()
