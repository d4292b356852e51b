// Arrays of Python on their way in and out: checked by dtype and shape, copied only where they must be.
#pragma once

#include "numpy_abi.hpp"
#include "step.hpp"

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstring>

namespace onionskin {

namespace nb = nanobind;

using Array = nb::ndarray<nb::ro, nb::device::cpu>;

inline nb::dlpack::dtype dlpack_of(DType dtype) {
  switch (dtype) {
  case DType::Bool:
    return nb::dtype<bool>();
  case DType::U8:
    return nb::dtype<std::uint8_t>();
  case DType::I8:
    return nb::dtype<std::int8_t>();
  case DType::U16:
    return nb::dtype<std::uint16_t>();
  case DType::I16:
    return nb::dtype<std::int16_t>();
  case DType::U32:
    return nb::dtype<std::uint32_t>();
  case DType::I32:
    return nb::dtype<std::int32_t>();
  case DType::U64:
    return nb::dtype<std::uint64_t>();
  case DType::I64:
    return nb::dtype<std::int64_t>();
  case DType::F32:
    return nb::dtype<float>();
  case DType::F64:
    return nb::dtype<double>();
  }
  throw std::invalid_argument("there is no such dtype");
}

inline Shape shape_of(const Array& array) {
  Shape shape(array.ndim());
  for (std::size_t axis = 0; axis < shape.size(); ++axis)
    shape[axis] = static_cast<std::int64_t>(array.shape(axis));
  return shape;
}

inline Array array_from(nb::handle object, const std::string& what) {
  Array array;
  if (!nb::try_cast<Array>(object, array, false))
    throw nb::type_error((what + ": a NumPy array is needed").c_str());
  return array;
}

inline void check(const Array& array, DType dtype, const Shape& shape, const std::string& what) {
  if (array.dtype() != dlpack_of(dtype))
    throw nb::type_error((what + ": an array of another dtype than " + name_of(dtype)).c_str());
  if (shape_of(array) != shape)
    refuse(what + ": an array of another shape. expected: " + text_of(shape) +
           ". given: " + text_of(shape_of(array)));
}

inline bool is_contiguous(const Array& array) {
  std::int64_t step = 1;
  for (std::size_t axis = array.ndim(); axis-- > 0;) {
    if (array.shape(axis) == 0)
      return true;
    if (array.shape(axis) != 1 && array.stride(axis) != step)
      return false;
    step *= static_cast<std::int64_t>(array.shape(axis));
  }
  return true;
}

// Copies an array, strided anyhow, to contiguous memory.
inline void copy_to(char* to, const Array& array, std::int64_t size) {
  const Shape shape = shape_of(array);
  const std::int64_t count = count_of(shape);
  const char* from = static_cast<const char*>(array.data());
  if (is_contiguous(array)) {
    if (count > 0)
      std::memcpy(to, from, static_cast<std::size_t>(count * size));
    return;
  }
  Shape index(shape.size(), 0);
  for (std::int64_t i = 0; i < count; ++i) {
    std::memcpy(to + i * size, from, static_cast<std::size_t>(size));
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      from += array.stride(axis) * size;
      if (++index[axis] < shape[axis])
        break;
      from -= shape[axis] * array.stride(axis) * size;
      index[axis] = 0;
    }
  }
}

inline nb::object to_numpy(Buffer buffer, DType dtype, const Shape& shape) {
  void* memory = buffer.data();
  nb::capsule owner(memory, [](void* one) noexcept { std::free(one); });
  buffer.release();
  std::vector<std::size_t> sizes(shape.begin(), shape.end());
  return nb::cast(nb::ndarray<nb::numpy>(memory, sizes.size(), sizes.data(), owner, nullptr, dlpack_of(dtype),
                                         nb::device::cpu::value));
}

inline nb::object tuple_of(const Shape& shape) {
  nb::object sizes = nb::steal(PyTuple_New(static_cast<Py_ssize_t>(shape.size())));
  for (std::size_t axis = 0; sizes.is_valid() && axis < shape.size(); ++axis)
    if (PyObject* size = PyLong_FromLongLong(shape[axis]);
        !size || PyTuple_SetItem(sizes.ptr(), static_cast<Py_ssize_t>(axis), size) != 0)
      sizes.reset();
  if (!sizes.is_valid())
    throw nb::python_error();
  return sizes;
}

// An array for Python to have, and where its numbers are to be written. Small ones are NumPy's own, made in a
// tenth of the time; large ones begin at a line of the cache, which products and copies gain from.
class Fresh {
public:
  // sizes: the shape as a tuple, where it is at hand.
  Fresh(DType dtype, const Shape& shape, std::size_t bytes, nb::object sizes = {}) : dtype_(dtype) {
    const Numpy& numpy = Numpy::get();
    if (!numpy.direct || bytes > kSmall) {
      shape_ = shape;
      buffer_ = Buffer(bytes);
      data_ = buffer_.data();
      return;
    }
    if (!sizes.is_valid())
      sizes = tuple_of(shape);
    PyObject* arguments[] = {sizes.ptr(), numpy.dtypes[static_cast<int>(dtype)]};
    array_ = nb::steal(PyObject_Vectorcall(numpy.empty, arguments, 2, nullptr));
    if (!array_.is_valid())
      throw nb::python_error();
    data_ = reinterpret_cast<NumpyFields*>(array_.ptr())->data;
  }

  void* data() const { return data_; }
  // Hands the array over.
  nb::object array() {
    return array_.is_valid() ? std::move(array_) : to_numpy(std::move(buffer_), dtype_, shape_);
  }

private:
  static constexpr std::size_t kSmall = 4096;

  DType dtype_;
  Shape shape_;
  nb::object array_;
  Buffer buffer_;
  void* data_ = nullptr;
};

// The arrays of a call: kept alive, and copied where they are not contiguous or not aligned.
class Given {
public:
  // The caller keeps the object for as long.
  void* add(nb::handle object, const Value& value, std::size_t position) {
    if (void* data = Numpy::get().data(object.ptr(), value.dtype, value.shape))
      return data;
    const std::string what = "input " + std::to_string(position);
    Array array = array_from(object, what);
    check(array, value.dtype, value.shape, what);
    const std::size_t size = size_of(value.dtype);
    void* data = const_cast<void*>(
        static_cast<const void*>(array.data())); // inputs are never written, see check_writable
    if (!is_contiguous(array) || reinterpret_cast<std::uintptr_t>(data) % size != 0) {
      copies_.emplace_back(value.bytes);
      data = copies_.back().data();
      copy_to(static_cast<char*>(data), array, static_cast<std::int64_t>(size));
    }
    arrays_.push_back(std::move(array));
    return data;
  }

private:
  std::vector<Array> arrays_;
  std::vector<Buffer> copies_;
};

} // namespace onionskin
