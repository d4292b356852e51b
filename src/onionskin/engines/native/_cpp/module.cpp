// The door to Python: arrays are checked here, by dtype and shape, and never converted in silence.
#include "arrays.hpp"
#include "finite.hpp"
#include "isa.hpp"
#include "lane_step.hpp"
#include "program.hpp"
#include "threads.hpp"
#include "watch.hpp"

#include <nanobind/nanobind.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace nb = nanobind;

namespace onionskin {
namespace {

// A fallback: a Python function of arrays, on copies that it may keep.
class CallStep : public Step {
public:
  CallStep(const Values& values, const std::vector<nb::object>& functions, std::vector<int> outs,
           std::vector<int> ins)
      : values_(values), functions_(functions), index_(functions.size() - 1), outs_(std::move(outs)),
        ins_(std::move(ins)) {
    for (int in : ins_)
      (void)values_.at(static_cast<std::size_t>(in));
    for (int out : outs_)
      check_writable(values_.at(static_cast<std::size_t>(out)), "call");
  }

  void run(Run& run) const override {
    const nb::gil_scoped_acquire gil;
    nb::list arguments;
    for (int in : ins_) {
      const Value& value = values_[static_cast<std::size_t>(in)];
      Buffer copy(value.bytes);
      if (value.bytes)
        std::memcpy(copy.data(), run.get<void>(in), value.bytes);
      arguments.append(to_numpy(std::move(copy), value.dtype, value.shape));
    }
    if (index_ >= functions_.size())
      refuse("call: the program is being taken down");
    nb::object result = functions_[index_](*nb::tuple(arguments));
    if (!nb::isinstance<nb::tuple>(result))
      result = nb::make_tuple(result);
    if (nb::len(result) != outs_.size())
      refuse("call: the function returned " + std::to_string(nb::len(result)) + " arrays instead of " +
             std::to_string(outs_.size()));
    const nb::object as_array =
        nb::module_::import_("numpy").attr("asarray"); // a number may come without its array
    for (std::size_t i = 0; i < outs_.size(); ++i) {
      const Value& value = values_[static_cast<std::size_t>(outs_[i])];
      const nb::object kept = as_array(result[i]);
      const Array array = array_from(kept, "call");
      check(array, value.dtype, value.shape, "call");
      copy_to(run.get<char>(outs_[i]), array, static_cast<std::int64_t>(size_of(value.dtype)));
    }
  }

private:
  const Values& values_; // the program's, which outlives its steps
  const std::vector<nb::object>&
      functions_; // likewise; held there alone, where the garbage collector sees it
  std::size_t index_;
  std::vector<int> outs_, ins_;
};

// Runs what may take long, so that Ctrl-C ends it: the handler's exception leaves the call.
template <class F> void watched(const F& run) {
  Watch watch([] {
    const nb::gil_scoped_acquire gil;
    if (PyErr_CheckSignals() != 0)
      throw nb::python_error();
  });
  try {
    run();
  } catch (...) {
    watch.check(); // what was left undone may have led to other errors
    throw;
  }
  watch.check();
}

using ValueTuple = std::tuple<int, Shape, int, std::int64_t>;

DType dtype_from(int code) {
  if (code < 0 || code >= kDTypes)
    refuse("there is no dtype with the code " + std::to_string(code));
  return static_cast<DType>(code);
}

class PyProgram {
public:
  Program program;
  std::vector<nb::object> functions; // of the fallbacks, for Python's garbage collector

  PyProgram(const std::vector<ValueTuple>& values, std::int64_t arena_bytes, nb::list constants,
            std::string name)
      : program(read_values(values, constants), arena_from(arena_bytes), read_constants(constants),
                std::move(name)) {}

  nb::object run(const nb::object& given_inputs) {
    const nb::object inputs = as_tuple(given_inputs); // whose arrays nobody takes away while they are read
    const std::size_t count = program.inputs();
    if (nb::len(inputs) < count)
      refuse("the program takes " + std::to_string(count) +
             " inputs. given: " + std::to_string(nb::len(inputs)));
    Given given;
    std::vector<void*> in_memory(count), out_memory(program.outputs());
    for (std::size_t i = 0; i < count; ++i)
      if (const Value* value = program.at_input(i))
        in_memory[i] = given.add(item(inputs, i), *value, i);
    std::vector<Fresh> results;
    results.reserve(out_memory.size());
    for (std::size_t i = 0; i < out_memory.size(); ++i) {
      results.push_back(fresh_output(i));
      out_memory[i] = results.back().data();
    }
    {
      const nb::gil_scoped_release release;
      watched([&] { program.run(in_memory, out_memory); });
    }
    nb::object outputs = nb::steal(PyTuple_New(static_cast<Py_ssize_t>(results.size())));
    if (!outputs.is_valid())
      throw nb::python_error();
    for (std::size_t i = 0; i < results.size(); ++i)
      PyTuple_SetItem(outputs.ptr(), static_cast<Py_ssize_t>(i), results[i].array().release().ptr());
    return outputs;
  }

  nb::tuple run_steps(const nb::object& given_state, const nb::object& given_fixed,
                      const nb::object& given_columns, nb::object order_object, std::int64_t batch,
                      std::size_t n_state) {
    const nb::object state = as_tuple(given_state), fixed = as_tuple(given_fixed),
                     columns = as_tuple(given_columns);
    const std::size_t first_fixed = n_state, first_column = n_state + nb::len(fixed);
    if (nb::len(state) != n_state || program.outputs() < n_state ||
        program.inputs() > first_column + nb::len(columns))
      refuse("run_steps: the program has " + std::to_string(program.inputs()) + " inputs and " +
             std::to_string(program.outputs()) + " outputs");
    const Array order = array_from(order_object, "order");
    if (order.dtype() != nb::dtype<std::int64_t>() || order.ndim() != 1 || !is_contiguous(order))
      throw nb::type_error("order: a contiguous array of int64 is needed");
    const std::int64_t length = static_cast<std::int64_t>(order.shape(0));
    if (batch <= 0 || length % batch != 0)
      refuse("run_steps: the order is as long as some batches. given: " + std::to_string(length) + " of " +
             std::to_string(batch));
    const std::vector<std::int64_t> own_order(static_cast<const std::int64_t*>(order.data()),
                                              static_cast<const std::int64_t*>(order.data()) + length);
    const std::int64_t* rows = own_order.data(); // checked below, so nobody else may change it
    const std::int64_t steps = length / batch;
    const auto [low, high] = std::minmax_element(own_order.begin(), own_order.end());
    const Range range{length > 0 ? *low : 0, length > 0 ? *high : -1};
    Given given;
    std::vector<void*> fixed_memory, stacked_memory;
    for (std::size_t i = 0; i < nb::len(fixed); ++i) {
      const Value* value = program.at_input(first_fixed + i);
      fixed_memory.push_back(value ? given.add(item(fixed, i), *value, first_fixed + i) : nullptr);
    }
    std::vector<Array> kept;
    std::vector<Column> read;
    for (std::size_t i = 0; i < nb::len(columns); ++i)
      read.push_back(read_column(item(columns, i), first_column + i, batch, range, kept));
    std::vector<Fresh> first, second, stacked;
    std::vector<std::pair<void*, void*>> places;
    for (std::size_t i = 0; i < n_state; ++i) {
      const Value& value = need_output(i);
      if (const Value* in = program.at_input(i); in && in->bytes != value.bytes)
        refuse("run_steps: a state changes its size");
      first.push_back(fresh_output(i));
      Given start;
      const Value& in = program.at_input(i) ? *program.at_input(i) : value;
      if (const void* data = start.add(item(state, i), in, i); value.bytes > 0)
        std::memcpy(first.back().data(), data, value.bytes);
      if (program.is_in_place(i)) {
        places.emplace_back(first.back().data(), first.back().data());
      } else {
        second.push_back(fresh_output(i));
        places.emplace_back(first.back().data(), second.back().data());
      }
    }
    for (std::size_t i = n_state; i < program.outputs(); ++i) {
      std::size_t bytes = 0;
      if (__builtin_mul_overflow(need_output(i).bytes, static_cast<std::size_t>(steps), &bytes))
        throw NoMemory(std::numeric_limits<std::size_t>::max());
      Shape shape{steps};
      shape.insert(shape.end(), need_output(i).shape.begin(), need_output(i).shape.end());
      stacked.emplace_back(need_output(i).dtype, shape, bytes);
      stacked_memory.push_back(stacked.back().data());
    }
    int now = 0;
    {
      const nb::gil_scoped_release release;
      watched(
          [&] { now = program.run_steps(places, fixed_memory, read, rows, steps, batch, stacked_memory); });
    }
    nb::list new_state, results;
    for (std::size_t i = 0, other = 0; i < n_state; ++i) {
      const bool moves = !program.is_in_place(i);
      new_state.append(moves && now == 1 ? second[other].array() : first[i].array());
      other += moves;
    }
    for (Fresh& one : stacked)
      results.append(one.array());
    return nb::make_tuple(new_state, results);
  }

  void call(nb::callable function, const std::vector<int>& outs, const std::vector<int>& ins) {
    functions.push_back(function);
    program.add(std::make_unique<CallStep>(program.values(), functions, outs, ins));
  }

private:
  struct Range {
    std::int64_t low, high;
  };

  std::vector<nb::object> sizes_; // of the outputs, as Python has them

  static nb::object as_tuple(const nb::object& items) {
    if (PyTuple_Check(items.ptr()))
      return items;
    nb::object made = nb::steal(PySequence_Tuple(items.ptr()));
    if (!made.is_valid())
      throw nb::python_error();
    return made;
  }

  static nb::handle item(const nb::object& tuple, std::size_t i) {
    return PyTuple_GetItem(tuple.ptr(), static_cast<Py_ssize_t>(i));
  }

  Fresh fresh_output(std::size_t i) {
    const Value& value = need_output(i);
    if (sizes_.size() < program.outputs())
      sizes_.resize(program.outputs());
    if (!sizes_[i].is_valid())
      sizes_[i] = tuple_of(value.shape);
    return Fresh(value.dtype, value.shape, value.bytes, sizes_[i]);
  }

  static std::string input_name(std::size_t i) { return "input " + std::to_string(i); }

  static std::size_t arena_from(std::int64_t bytes) {
    if (bytes < 0)
      refuse("the arena's size is negative");
    return static_cast<std::size_t>(bytes);
  }

  static Values read_values(const std::vector<ValueTuple>& tuples, const nb::list& constants) {
    Values values;
    for (const auto& [code, shape, kind, where] : tuples) {
      const DType dtype = dtype_from(code);
      if (kind < 0 || kind > 4)
        refuse("there is no kind of value with the code " + std::to_string(kind));
      const std::int64_t count = count_of(shape);
      values.push_back({dtype, shape, static_cast<Place>(kind), where, count,
                        static_cast<std::size_t>(count) * size_of(dtype)});
      if (values.back().place == Place::Constant) {
        if (where < 0 || static_cast<std::size_t>(where) >= nb::len(constants))
          refuse("there is no constant " + std::to_string(where));
        const Array array = array_from(constants[static_cast<std::size_t>(where)], "constant");
        if (array.dtype() != dlpack_of(dtype) || count_of(shape_of(array)) != count)
          refuse("constant " + std::to_string(where) + " is not what the value says");
      }
    }
    return values;
  }

  static std::vector<Buffer> read_constants(const nb::list& constants) {
    std::vector<Buffer> buffers;
    for (nb::handle one : constants) {
      const Array array = array_from(one, "constant");
      const std::int64_t size = array.dtype().bits / 8;
      buffers.emplace_back(static_cast<std::size_t>(count_of(shape_of(array)) * size));
      copy_to(static_cast<char*>(buffers.back().data()), array, size);
    }
    return buffers;
  }

  const Value& need_output(std::size_t i) const {
    const Value* value = program.at_output(i);
    if (!value)
      refuse("no value lies at output " + std::to_string(i));
    return *value;
  }

  Column read_column(nb::handle object, std::size_t position, std::int64_t batch, Range range,
                     std::vector<Array>& kept) const {
    const Value* value = program.at_input(position);
    if (!value)
      refuse("run_steps: no value lies at " + input_name(position));
    Array array = array_from(object, input_name(position));
    const std::int64_t rows = array.ndim() ? static_cast<std::int64_t>(array.shape(0)) : 0;
    Shape expected = value->shape;
    if (expected.empty() || expected[0] != batch || array.ndim() == 0)
      refuse("run_steps: " + input_name(position) + " does not take batches of " + std::to_string(batch));
    expected[0] = rows;
    check(array, value->dtype, expected, input_name(position));
    if (range.high >= range.low && (range.low < 0 || range.high >= rows))
      throw nb::index_error(("order: an index lies outside the rows. expected: 0 <= index < " +
                             std::to_string(rows) +
                             ". given: " + std::to_string(range.low < 0 ? range.low : range.high))
                                .c_str());
    const std::int64_t size = static_cast<std::int64_t>(size_of(value->dtype));
    Column column{static_cast<const char*>(array.data()), rows, array.stride(0) * size, {}, {}, true};
    std::int64_t step = size;
    for (std::size_t axis = array.ndim(); axis-- > 1;) {
      column.contiguous = column.contiguous && (array.shape(axis) == 1 || array.stride(axis) * size == step);
      step *= static_cast<std::int64_t>(array.shape(axis));
    }
    for (std::size_t axis = 1; axis < array.ndim(); ++axis) {
      column.shape.push_back(static_cast<std::int64_t>(array.shape(axis)));
      column.strides.push_back(array.stride(axis) * size);
    }
    kept.push_back(std::move(array));
    return column;
  }
};

// Tells whether all arrays are known to hold finite numbers; see NativeEngine.surely_finite.
bool surely_finite(const nb::object& given) {
  const nb::object arrays =
      nb::steal(PySequence_Tuple(given.ptr())); // whose memory nobody takes away meanwhile
  if (!arrays.is_valid())
    throw nb::python_error();
  const Numpy& numpy = Numpy::get();
  bool good = true;
  for (std::size_t i = 0, count = nb::len(arrays); good && i < count; ++i) {
    const void* memory = nullptr;
    DType dtype{};
    std::int64_t elements = 0;
    if (!numpy.whole(PyTuple_GetItem(arrays.ptr(), static_cast<Py_ssize_t>(i)), memory, dtype, elements))
      return false;
    const auto look = [&] { good = all_finite(dtype, memory, elements); };
    if (elements <= 16384) {
      look();
      continue;
    }
    const nb::gil_scoped_release release;
    watched(look);
  }
  return good;
}

int traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  if (nb::inst_ready(self))
    for (const nb::object& one : nb::inst_ptr<PyProgram>(self)->functions)
      Py_VISIT(one.ptr());
  return 0;
}

int clear(PyObject* self) {
  if (!nb::inst_ready(self))
    return 0;
  std::vector<nb::object> gone; // what is let go may come back here
  gone.swap(nb::inst_ptr<PyProgram>(self)->functions);
  return 0;
}

} // namespace
} // namespace onionskin

NB_MODULE(_ext, m) {
  using namespace onionskin;
  m.doc() = "The native engine's executor: plans made by onionskin.engines.native are run here.";
  Numpy::get();
  PyType_Slot slots[] = {{Py_tp_traverse, reinterpret_cast<void*>(traverse)},
                         {Py_tp_clear, reinterpret_cast<void*>(clear)},
                         {0, nullptr}};
  using Ids = std::vector<int>;
  nb::class_<PyProgram>(m, "Program", nb::type_slots(slots))
      .def(nb::init<const std::vector<ValueTuple>&, std::int64_t, nb::list, std::string>(), nb::arg("values"),
           nb::arg("arena_bytes"), nb::arg("constants"), nb::arg("name"))
      .def(
          "tile",
          [](PyProgram& p, Ids outs, Ids ins, const Ids& code, std::vector<double> consts, const Shape& shape,
             const std::vector<Shape>& strides, int dtype) {
            p.program.add(make_tile(p.program.values(), std::move(outs), std::move(ins), code,
                                    std::move(consts), shape, strides, dtype_from(dtype)));
          },
          nb::arg("outs"), nb::arg("ins"), nb::arg("code"), nb::arg("consts"), nb::arg("shape"),
          nb::arg("strides"), nb::arg("dtype"))
      .def(
          "matmul",
          [](PyProgram& p, int out, int a, int b, bool trans_a, bool trans_b, int bias, const Ids& epilogue,
             const Ids& inputs, const std::vector<double>& consts, const Ids& outs, bool by_rows,
             const Ids& scaling, const std::vector<double>& factors) {
            p.program.add(make_product(p.program.values(), out, a, b, trans_a, trans_b, bias, epilogue,
                                       inputs, consts, outs, by_rows, scaling, factors));
          },
          nb::arg("out"), nb::arg("a"), nb::arg("b"), nb::arg("trans_a") = false, nb::arg("trans_b") = false,
          nb::arg("bias") = -1, nb::arg("epilogue") = Ids{}, nb::arg("epilogue_inputs") = Ids{},
          nb::arg("epilogue_consts") = std::vector<double>{}, nb::arg("epilogue_outs") = Ids{},
          nb::arg("by_rows") = false, nb::arg("scaling") = Ids{}, nb::arg("factors") = std::vector<double>{})
      .def(
          "reduce",
          [](PyProgram& p, int out, int a, const std::string& kind, std::int64_t outer, std::int64_t length,
             std::int64_t inner) {
            p.program.add(make_reduce(p.program.values(), out, a, kind, outer, length, inner));
          },
          nb::arg("out"), nb::arg("a"), nb::arg("kind"), nb::arg("outer"), nb::arg("length"),
          nb::arg("inner"))
      .def(
          "rows",
          [](PyProgram& p, int out, int a, const std::string& kind, std::int64_t rows, std::int64_t length) {
            p.program.add(make_rows(p.program.values(), out, a, kind, rows, length));
          },
          nb::arg("out"), nb::arg("a"), nb::arg("kind"), nb::arg("rows"), nb::arg("length"))
      .def(
          "copy_strided",
          [](PyProgram& p, int out, int a, const Shape& shape, const Shape& strides, std::int64_t offset,
             const Shape& out_strides, std::int64_t out_offset) {
            p.program.add(
                make_copy(p.program.values(), out, a, shape, strides, offset, out_strides, out_offset));
          },
          nb::arg("out"), nb::arg("a"), nb::arg("shape"), nb::arg("strides"), nb::arg("offset") = 0,
          nb::arg("out_strides") = Shape{}, nb::arg("out_offset") = 0)
      .def(
          "take_rows",
          [](PyProgram& p, int out, int a, int indices) {
            p.program.add(make_take(p.program.values(), out, a, indices));
          },
          nb::arg("out"), nb::arg("a"), nb::arg("indices"))
      .def(
          "one_hot",
          [](PyProgram& p, int out, int a, std::int64_t classes) {
            p.program.add(make_one_hot(p.program.values(), out, a, classes));
          },
          nb::arg("out"), nb::arg("a"), nb::arg("num_classes"))
      .def(
          "random_uniform",
          [](PyProgram& p, int out, int seed) {
            p.program.add(make_random(p.program.values(), out, seed, true));
          },
          nb::arg("out"), nb::arg("seed"))
      .def(
          "random_bits",
          [](PyProgram& p, int out, int seed) {
            p.program.add(make_random(p.program.values(), out, seed, false));
          },
          nb::arg("out"), nb::arg("seed"))
      .def(
          "lanes",
          [](PyProgram& p, Ids outs, Ids ins, std::vector<std::pair<bool, int>> slots,
             std::vector<std::pair<int, int>> loads, Ids stores,
             std::vector<std::pair<int, std::vector<double>>> constants, std::vector<Ids> code,
             std::vector<Shape> tables) {
            p.program.add(make_lanes(p.program.values(), std::move(outs), std::move(ins),
                                     {std::move(slots), std::move(loads), std::move(stores),
                                      std::move(constants), std::move(code), std::move(tables)}));
          },
          nb::arg("outs"), nb::arg("ins"), nb::arg("slots"), nb::arg("loads"), nb::arg("stores"),
          nb::arg("constants"), nb::arg("code"), nb::arg("tables"))
      .def("call", &PyProgram::call, nb::arg("function"), nb::arg("outs"), nb::arg("ins"))
      .def(
          "in_place", [](PyProgram& p, const Ids& positions) { p.program.in_place(positions); },
          nb::arg("positions"))
      .def(
          "by_rows", [](PyProgram& p, const Ids& positions) { p.program.by_rows(positions); },
          nb::arg("positions"))
      .def("run", &PyProgram::run, nb::arg("inputs"))
      .def("run_steps", &PyProgram::run_steps, nb::arg("state"), nb::arg("fixed"), nb::arg("columns"),
           nb::arg("order"), nb::arg("batch"), nb::arg("n_state"))
      .def("instructions", [](const PyProgram& p) { return p.program.steps(); })
      .def(
          "profile", [](PyProgram& p, bool on) { p.program.profile(on); }, nb::arg("on"))
      .def("times", [](PyProgram& p) { return p.program.times(); })
      .def_prop_ro("name", [](const PyProgram& p) { return p.program.name(); });
  m.def("isa", [] { return std::string(active().name); });
  m.def("isas", &isas);
  m.def("set_isa", &set_isa, nb::arg("name"));
  m.def("set_threads", &set_threads, nb::arg("count"));
  m.def("threads", &most_threads);
  m.def("surely_finite", &surely_finite, nb::arg("arrays"));
  m.def("read_directly", &Numpy::read_directly, nb::arg("on"));
  m.def("opcodes", [] {
    nb::dict codes;
    for (int i = 0; i < kOpCount; ++i)
      codes[kOps[i].name] = i;
    return codes;
  });
  m.def("lane_opcodes", [] {
    nb::dict codes;
    for (int i = 0; i < kLaneOpCount; ++i)
      codes[kLaneOps[i].name] = kOpCount + i;
    return codes;
  });
}
