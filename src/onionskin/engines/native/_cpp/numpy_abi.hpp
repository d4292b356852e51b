// NumPy's arrays without its headers: read where they lie, made by numpy.empty.
#pragma once

#include "step.hpp"

#include <nanobind/nanobind.h>

namespace onionskin {

namespace nb = nanobind;

// The first fields of every ndarray, as NumPy 1 and 2 lay them out: what NumPy's own macros compile to.
// Reading them takes a few ns an array, the import through DLPack or the buffer protocol some hundred.
struct NumpyFields {
  PyObject_HEAD char* data;
  int nd;
  Py_ssize_t* dimensions;
  Py_ssize_t* strides;
  PyObject* base;
  PyObject* descr;
  int flags;
};

// What is looked up in NumPy once. Where the fields do not lie as above, nothing is read from them.
struct Numpy {
  PyObject* ndarray = nullptr;
  PyObject* empty = nullptr;
  PyObject* dtypes[kDTypes] = {}; // the objects that all arrays of a built-in dtype share
  bool direct = false;

  static const Numpy& get() { return instance(); }

  // Arrays are read through DLPack from now on, or directly again where that can be done; for tests.
  static void read_directly(bool on) { instance().direct = on && instance().fields_lie_as_known(); }

  // The array's memory where it is an ndarray of just this dtype and shape, contiguous and aligned; else
  // null.
  void* data(PyObject* object, DType dtype, const Shape& shape) const {
    if (!direct || reinterpret_cast<PyObject*>(Py_TYPE(object)) != ndarray)
      return nullptr;
    const NumpyFields& fields = *reinterpret_cast<NumpyFields*>(object);
    if (fields.descr != dtypes[static_cast<int>(dtype)] || fields.nd != static_cast<int>(shape.size()) ||
        (fields.flags & kContiguousAligned) != kContiguousAligned)
      return nullptr;
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
      if (fields.dimensions[axis] != shape[axis])
        return nullptr;
    return fields.data;
  }

  // A contiguous and aligned ndarray's memory, dtype and number of elements; false where it is another kind
  // of object or its dtype is none of ours.
  bool whole(PyObject* object, const void*& memory, DType& dtype, std::int64_t& count) const {
    if (!direct || reinterpret_cast<PyObject*>(Py_TYPE(object)) != ndarray)
      return false;
    const NumpyFields& fields = *reinterpret_cast<NumpyFields*>(object);
    int known = 0;
    while (known < kDTypes && fields.descr != dtypes[known])
      ++known;
    if (known == kDTypes || (fields.flags & kContiguousAligned) != kContiguousAligned)
      return false;
    memory = fields.data, dtype = static_cast<DType>(known), count = 1;
    for (int axis = 0; axis < fields.nd; ++axis)
      count *= fields.dimensions[axis];
    return true;
  }

private:
  static constexpr int kContiguousAligned = 0x0001 | 0x0100;

  static Numpy& instance() {
    static Numpy one; // made when the module is imported, and kept for as long as the process lives
    return one;
  }

  Numpy() {
    const nb::module_ numpy = nb::module_::import_("numpy");
    ndarray = nb::object(numpy.attr("ndarray")).release().ptr();
    empty = nb::object(numpy.attr("empty")).release().ptr();
    for (int i = 0; i < kDTypes; ++i)
      dtypes[i] = numpy.attr("dtype")(name_of(static_cast<DType>(i))).release().ptr();
    direct = fields_lie_as_known();
  }

  // Compares the fields of an array with what it says of itself.
  bool fields_lie_as_known() const {
    if (nb::cast<std::size_t>(nb::handle(ndarray).attr("__basicsize__")) < sizeof(NumpyFields))
      return false;
    const nb::object array =
        nb::handle(empty)(nb::make_tuple(3, 2), nb::handle(dtypes[static_cast<int>(DType::F32)]));
    const NumpyFields& fields = *reinterpret_cast<NumpyFields*>(array.ptr());
    const auto address = nb::cast<std::uintptr_t>(array.attr("__array_interface__")["data"][nb::int_(0)]);
    const auto flags = nb::cast<int>(array.attr("flags").attr("num"));
    return reinterpret_cast<std::uintptr_t>(fields.data) == address && fields.nd == 2 &&
           fields.descr == array.attr("dtype").ptr() && fields.flags == flags && fields.base == nullptr &&
           fields.dimensions[0] == 3 && fields.dimensions[1] == 2 && fields.strides[0] == 8 &&
           fields.strides[1] == 4;
  }
};

} // namespace onionskin
