// The element types that programs know, by the codes that Python uses, and how a value of one becomes
// another.
#pragma once

#include <cstddef>
#include <cstdint>

namespace onionskin {

enum class DType : int { Bool, U8, I8, U16, I16, U32, I32, U64, I64, F32, F64 };

constexpr int kDTypes = 11;

constexpr std::size_t size_of(DType dtype) {
  constexpr std::size_t sizes[kDTypes] = {1, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8};
  return sizes[static_cast<int>(dtype)];
}

constexpr const char* name_of(DType dtype) {
  constexpr const char* names[kDTypes] = {"bool",  "uint8",  "int8",  "uint16",  "int16",  "uint32",
                                          "int32", "uint64", "int64", "float32", "float64"};
  return names[static_cast<int>(dtype)];
}

constexpr bool is_float(DType dtype) {
  return dtype == DType::F32 || dtype == DType::F64;
}

} // namespace onionskin
