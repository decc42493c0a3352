# SPDX-FileCopyrightText: The Paddock authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Fails if PROGRAM needs a library of the window. Core is linked into it whole enough to show.
execute_process(COMMAND readelf -d ${PROGRAM} OUTPUT_VARIABLE dynamic RESULT_VARIABLE status)
if(NOT status EQUAL 0 OR NOT dynamic MATCHES "libQt6Core")
    message(FATAL_ERROR "readelf could not read ${PROGRAM}")
endif()
foreach(library Qt6Gui Qt6Widgets Qt6Svg KF6SyntaxHighlighting)
    if(dynamic MATCHES "lib${library}\\.so")
        message(FATAL_ERROR "${PROGRAM} links ${library}")
    endif()
endforeach()
